"""Addresses of the links of issues."""

from django.urls import path

from kaifaqu.registers.issues import views

urlpatterns = [
    path("r/issue_links/new/", views.new_link, name="issue-link-new"),
    path("l/<str:secret>/", views.by_link, name="issue-link"),
]
