"""The address of the guide."""

from django.urls import path

from kaifaqu.domains.outreach import views

urlpatterns = [path("guide/", views.guide, name="guide")]
