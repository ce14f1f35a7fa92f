"""The address of the comparison of schemes."""

from django.urls import path

from kaifaqu.domains.subsidies import views

urlpatterns = [path("schemes/", views.comparison, name="scheme-comparison")]
