"""Addresses of attraction's own pages."""

from django.urls import path

from kaifaqu.domains.attraction import views

urlpatterns = [
    path("chains/", views.chains, name="chain-maps"),
    path("chains/<int:pk>/", views.chain, name="chain-map"),
    path("attraction/", views.funnel, name="funnel"),
]
