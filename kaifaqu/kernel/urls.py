"""Addresses of the pages that the kernel gives to every register."""

from django.urls import path

from kaifaqu.kernel import pages

urlpatterns = [
    path("r/<register>/", pages.records, name="records"),
    path("r/<register>/new/", pages.new, name="new"),
    path("r/<register>/new/<verb>/", pages.new, name="new-by"),
    path("r/<register>/<int:pk>/", pages.record, name="record"),
    path("r/<register>/<int:pk>/edit/", pages.act, {"verb": "correct"}, name="edit"),
    path("r/<register>/<int:pk>/do/<verb>/", pages.act, name="act"),
]
