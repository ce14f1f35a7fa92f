"""The address of the living page."""

from django.urls import path

from kaifaqu.reporting.livingpage import views

urlpatterns = [path("page/", views.page, name="living-page")]
