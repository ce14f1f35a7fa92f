"""The address of the page that only infrastructure has."""

from django.urls import path

from kaifaqu.domains.infrastructure import views

urlpatterns = [path("capacity/", views.capacity, name="capacity")]
