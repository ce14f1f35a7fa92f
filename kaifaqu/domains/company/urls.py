"""The address of the page that only the operating company has."""

from django.urls import path

from kaifaqu.domains.company import views

urlpatterns = [path("structure/", views.group_structure, name="group-structure")]
