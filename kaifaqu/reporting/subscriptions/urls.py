"""Addresses of the inbox and of a person's own subscriptions."""

from django.urls import path

from kaifaqu.reporting.subscriptions import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read, name="inbox-read"),
    path("inbox/<int:pk>/", views.notice, name="notice"),
    path("subscriptions/", views.subscriptions, name="subscriptions"),
    path("subscriptions/new/", views.subscribe, name="subscribe"),
    path("subscriptions/<int:pk>/", views.subscription, name="subscription"),
    path("subscriptions/<int:pk>/end/", views.end, name="subscription-end"),
]
