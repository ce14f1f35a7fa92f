"""Addresses of a person's calendar."""

from django.urls import path

from kaifaqu.interfaces.icalendar import views

urlpatterns = [
    path("calendar/", views.own_calendar, name="own-calendar"),
    path("calendar/revoke/", views.revoke, name="revoke-calendar"),
    path("calendar/<slug:key>.ics", views.calendar, name="calendar-feed"),
]
