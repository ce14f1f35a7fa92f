"""Addresses of the pages that only visits have."""

from django.urls import path

from kaifaqu.registers.visits import views

urlpatterns = [
    path("visits/", views.visits, name="visits"),
    path("visits/new/", views.new, name="visit-new"),
    path("visits/near/", views.near, name="visit-near"),
    path("visits/sheet/", views.blank, name="visit-blank"),
    path("visits/<int:pk>/sheet/", views.sheet, name="visit-sheet"),
    path("visits/<int:pk>/issue/", views.issue, name="visit-issue"),
    path("visits/<int:pk>/merge/<int:into>/", views.merge, name="visit-merge"),
]
