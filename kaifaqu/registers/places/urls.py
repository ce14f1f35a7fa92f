"""Addresses of the pages that only places have."""

from django.urls import path

from kaifaqu.registers.places import views

urlpatterns = [
    path("places/", views.places, name="places"),
    path("r/<register>/<int:pk>/geojson/", views.outline, name="place-geojson"),
]
