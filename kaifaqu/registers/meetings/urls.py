"""Addresses of meetings."""

from django.urls import path

from kaifaqu.registers.meetings import views

urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/<int:pk>/", views.meeting, name="meeting"),
    path("meetings/<int:pk>/minutes/", views.paper, name="meeting-minutes"),
    path("meetings/<int:pk>/figures/<int:place>/", views.figure, name="meeting-figure"),
]
