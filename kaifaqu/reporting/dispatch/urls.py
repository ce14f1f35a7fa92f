"""Addresses of dispatch."""

from django.urls import path

from kaifaqu.reporting.dispatch import views

urlpatterns = [
    path("dispatch/", views.table, name="dispatch"),
    path("dispatch/sheet/", views.sheet, name="dispatch-sheet"),
    path("dispatch/message/", views.message, name="dispatch-message"),
    path("dispatch/stages/", views.by_stage, name="dispatch-stages"),
    path("dispatch/holders/", views.holders, name="dispatch-holders"),
    path("dispatch/mine/", views.mine, name="dispatch-mine"),
]
