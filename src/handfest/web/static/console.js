// The live part of the pages. Everything can be read and done without it.
(function () {
  "use strict";
  const body = document.body;
  const address = body.dataset.live;
  const pulse = document.querySelector("[data-live-state]");
  const opened = new Set();
  let waiting = null;

  function tell(state) {
    if (pulse) pulse.dataset.liveState = state;
  }

  // Many turns in one moment lead to one look at the page.
  function changed() {
    if (waiting !== null) return;
    waiting = setTimeout(function () {
      waiting = null;
      body.dispatchEvent(new CustomEvent("live"));
    }, 120);
  }

  if (address && window.EventSource) {
    const source = new EventSource(address);
    let before = false;
    source.addEventListener("open", function () {
      tell("on");
      if (before) changed();
      before = true;
    });
    source.addEventListener("error", function () { tell("off"); });
    source.addEventListener("turn", changed);
    source.addEventListener("change", changed);
    window.addEventListener("pagehide", function () { source.close(); });
  }

  // What a reader has opened stays open when its part of the page is drawn anew.
  body.addEventListener("toggle", function (event) {
    const id = event.target.id;
    if (!id) return;
    if (event.target.open) opened.add(id); else opened.delete(id);
  }, true);
  body.addEventListener("htmx:afterSwap", function () {
    opened.forEach(function (id) {
      const part = document.getElementById(id);
      if (part) part.open = true;
    });
  });

  // A form that takes something away asks once.
  body.addEventListener("submit", function (event) {
    const button = event.submitter;
    if (button && button.dataset.sure && !window.confirm(button.dataset.sure)) event.preventDefault();
  });
  // A choice that stands for its form sends it.
  body.addEventListener("change", function (event) {
    if (event.target.dataset.sends !== undefined) event.target.form.requestSubmit();
  });

  // Speaking instead of typing, where the browser can. The page is drawn anew after each sentence, so that nothing
  // may be bound to its parts.
  const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  let listening = null;
  function listen(button) {
    const field = document.getElementById(button.dataset.speak);
    const problem = document.getElementById(button.dataset.unheard);
    listening = new Recognition();
    listening.lang = button.dataset.language;
    listening.onresult = function (event) {
      field.value = event.results[0][0].transcript;
      field.form.requestSubmit(field.form.querySelector("button.main"));
    };
    listening.onerror = function () { problem.textContent = problem.dataset.text; };
    listening.onend = function () {
      listening = null;
      button.setAttribute("aria-pressed", "false");
    };
    problem.textContent = "";
    button.setAttribute("aria-pressed", "true");
    listening.start();
  }
  if (Recognition) {
    document.documentElement.dataset.hears = "";
    body.addEventListener("click", function (event) {
      const button = event.target.closest("[data-speak]");
      if (!button) return;
      if (listening) listening.stop(); else listen(button);
    });
  }
})();
