"""Addresses of scoring."""

from django.urls import path

from kaifaqu.reporting.scoring import views

urlpatterns = [
    path("scoring/", views.overview, name="scorings"),
    path("scoring/sheets/<str:code>/", views.preview, name="scoring-sheet"),
    path("scoring/<int:pk>/", views.scoring, name="scoring"),
    path("scoring/<int:pk>/file/<format>/", views.file, name="scoring-file"),
]
