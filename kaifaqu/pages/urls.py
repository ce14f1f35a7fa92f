"""Addresses of the pages that every register and every figure has."""

from django.urls import path

from kaifaqu.pages import figures, views

urlpatterns = [
    path("r/<register>/", views.records, name="records"),
    path("r/<register>/new/", views.new, name="new"),
    path("r/<register>/new/<verb>/", views.new, name="new-by"),
    path("r/<register>/<int:pk>/", views.record, name="record"),
    path("r/<register>/<int:pk>/edit/", views.act, {"verb": "correct"}, name="edit"),
    path("r/<register>/<int:pk>/do/<verb>/", views.act, name="act"),
    path("figures/", figures.figures, name="figures"),
    path("figures/<code>/", figures.figure, name="figure"),
]
