"""The address of the page of services."""

from django.urls import path

from kaifaqu.domains.property import views

urlpatterns = [path("services/", views.services, name="services")]
