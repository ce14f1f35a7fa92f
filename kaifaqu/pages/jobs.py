"""Pages of the work that was given to the background: one's own jobs, how far each has come, and how to stop it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from kaifaqu.jobs import working
from kaifaqu.jobs.models import Job, State
from kaifaqu.pages.views import Request, page_of


@login_required
@require_safe
def jobs(request: Request) -> HttpResponse:
    """List the person's own jobs, the latest first."""
    page = page_of(request, Job.objects.filter(person=request.user).order_by("-made_at", "id"))
    return render(request, "pages/jobs.html", {"page": page, "rows": [(job, working.find(job.kind).label) for job in page]})


@login_required
@require_safe
def job(request: Request, pk: str) -> HttpResponse:
    """Show how far a job of the person has come; lead to its result when there is one. A part is asked for until it is over."""
    found = get_object_or_404(Job, pk=pk, person=request.user)
    if request.htmx and found.is_over:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if found.state == State.DONE and found.told.startswith("/"):
        return redirect(found.told)
    kind = working.find(found.kind)
    return render(request, "pages/job.html", {"job": found, "label": kind.label, "about": kind.about.format(**found.arguments)})


@login_required
@require_POST
def cancel(request: Request, pk: str) -> HttpResponse:
    """Ask a job of the person to stop."""
    working.cancel(get_object_or_404(Job, pk=pk, person=request.user))
    return redirect("job", pk)
