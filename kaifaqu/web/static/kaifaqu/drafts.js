// Drafts: what is typed into a form is kept a second after the last keystroke, and when its page is left. Without this
// script the button of the form keeps it.
"use strict";

(() => {
  const PAUSE = 1000, AGAIN = 10000;  // milliseconds
  const states = new WeakMap();  // of each form in which somebody has typed
  let unkept = null;  // the form whose typing could not be kept; only then is leaving the page asked about

  const stateOf = (form) => {
    if (!states.has(form)) states.set(form, { typed: 0, kept: 0, timer: 0, sending: false });
    return states.get(form);
  };

  const say = (form, text) => {
    const place = form.querySelector("[role=status]");
    if (place && place.textContent !== text) place.textContent = text;
  };

  const askBeforeLeaving = (event) => { event.preventDefault(); event.returnValue = ""; };

  const mark = (form, isKept) => {
    if (!isKept) {
      unkept = form;
      window.addEventListener("beforeunload", askBeforeLeaving);
    } else if (unkept === form) {
      unkept = null;
      window.removeEventListener("beforeunload", askBeforeLeaving);
    }
  };

  const contents = (form) => {
    const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);  // another one after signing in again
    if (token) form.elements.csrfmiddlewaretoken.value = token[1];
    const body = new URLSearchParams();
    new FormData(form).forEach((value, name) => { if (typeof value === "string") body.append(name, value); });
    body.set("draft-keep", "quietly");
    return body;
  };

  // Resolves to whether the form can be sent: the server has answered, be it that it keeps no more.
  const keep = async (form, leaving) => {
    const state = stateOf(form), typed = state.typed;
    clearTimeout(state.timer);
    try {
      const answer = await fetch(form.getAttribute("action") || location.href, {
        method: "POST", body: contents(form), keepalive: leaving, redirect: "error", headers: { "HX-Request": "true" },
      });
      if (answer.status !== 200 && answer.status !== 400) throw new Error(answer.status);
      say(form, await answer.text());
      if (answer.status === 200) state.kept = Math.max(state.kept, typed);
      mark(form, answer.status === 200);
      return true;
    } catch (problem) {
      if (!state.sending) {
        say(form, form.dataset.lost);
        mark(form, false);
        state.timer = setTimeout(keep, AGAIN, form, false);
      }
      return false;
    }
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-draft]");
    if (!form) return;
    const state = stateOf(form);
    state.typed += 1;
    clearTimeout(state.timer);
    state.timer = setTimeout(keep, PAUSE, form, false);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target, button = event.submitter;
    if (!form.matches("form[data-draft]")) return;
    const state = stateOf(form);
    if (button && button.name === "draft-keep") {
      event.preventDefault();
      keep(form, false);
    } else if (unkept === form) {  // what cannot be kept would be lost in sending it, too
      event.preventDefault();
      if (await keep(form, false)) {
        mark(form, true);
        form.requestSubmit(button);
      }
    } else {
      state.sending = true;
      clearTimeout(state.timer);
    }
  });

  const leave = () => {
    if (document.visibilityState !== "hidden") return;
    document.querySelectorAll("form[data-draft]").forEach((form) => {
      const state = stateOf(form);
      if (!state.sending && state.kept < state.typed) keep(form, true);
    });
  };
  document.addEventListener("visibilitychange", leave);
  window.addEventListener("online", () => { if (unkept) keep(unkept, false); });
  window.addEventListener("pageshow", () => {  // back from the page that sending led to
    document.querySelectorAll("form[data-draft]").forEach((form) => { stateOf(form).sending = false; });
  });
})();
