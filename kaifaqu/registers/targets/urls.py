"""Addresses of the yearly targets."""

from django.urls import path

from kaifaqu.registers.targets import views

urlpatterns = [
    path("targets/", views.page, name="targets"),
    path("r/targets/<int:pk>/do/split/", views.split, name="target-split"),
]
