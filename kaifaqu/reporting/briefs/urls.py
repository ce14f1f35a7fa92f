"""Addresses of briefs."""

from django.urls import path

from kaifaqu.reporting.briefs import views

urlpatterns = [
    path("briefs/trace/", views.trace, name="trace"),
    path("briefs/marks/", views.marks, name="marks"),
    path("briefs/<int:pk>/", views.brief, name="brief"),
    path("briefs/<int:pk>/numbers/<int:place>/", views.number, name="brief-number"),
    path("briefs/<int:pk>/differences/", views.differences_of, name="brief-differences"),
    path("briefs/<int:pk>/file/<format>/", views.file, name="brief-file"),
    path("briefs/templates/<int:pk>/", views.attempt, name="try-template"),
    path("r/briefs/<int:pk>/do/issue/", views.issue, {"verb": "issue"}, name="issue-brief"),
]
