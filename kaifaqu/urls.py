"""Addresses: the kernel's pages for every register and figure, and the frame around them."""

from django.urls import include, path

urlpatterns = [
    path("", include("kaifaqu.web.urls")),
    path("", include("kaifaqu.kernel.urls")),
]
