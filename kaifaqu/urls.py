"""Addresses: the pages of every register and figure, and the frame around them."""

from django.urls import include, path

handler500 = "kaifaqu.web.views.failed"
urlpatterns = [
    path("", include("kaifaqu.web.urls")),
    path("", include("kaifaqu.pages.urls")),
]
