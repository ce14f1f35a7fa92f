"""Addresses of the pages of cases."""

from django.urls import path

from kaifaqu.cases import views

urlpatterns = [path("cases/", views.cases, name="cases")]
