// Tries an operation of the API from its own document. The page can be read without it.
(function () {
  "use strict";
  const key = document.getElementById("key");

  function address(form) {
    let path = form.dataset.path;
    const query = new URLSearchParams();
    form.querySelectorAll("[data-in]").forEach(function (field) {
      const value = field.value.trim();
      if (field.dataset.in === "path") path = path.replace("{" + field.name + "}", encodeURIComponent(value));
      else if (value) query.append(field.name, value);
    });
    return query.size ? path + "?" + query : path;
  }

  function show(form, title, text) {
    const head = document.createElement("b"), body = document.createElement("pre");
    head.textContent = title;
    body.textContent = text;
    body.tabIndex = 0;
    form.querySelector("output").replaceChildren(head, body);
  }

  function pretty(text) {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch (_error) {
      return text;
    }
  }

  async function send(form) {
    const options = { method: form.dataset.try, headers: {}, credentials: "same-origin" };
    if (key.value.trim()) {
      options.headers.Authorization = "Bearer " + key.value.trim();
      options.credentials = "omit";
    }
    const body = form.elements.namedItem("body");
    if (body) {
      options.headers["Content-Type"] = "application/json";
      options.body = body.value;
    }
    const where = address(form);
    try {
      const answer = await fetch(where, options);
      show(form, answer.status + " " + options.method + " " + where, pretty(await answer.text()));
    } catch (error) {
      show(form, "Not sent: " + options.method + " " + where, String(error));
    }
  }

  document.addEventListener("submit", function (event) {
    event.preventDefault();
    if (event.target.dataset.try !== undefined) send(event.target);
  });
})();
