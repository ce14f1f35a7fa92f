"""Addresses of the projects' own pages."""

from django.urls import path

from kaifaqu.registers.projects import views

urlpatterns = [path("lights/", views.page, name="lights")]
