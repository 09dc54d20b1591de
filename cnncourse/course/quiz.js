(() => {
  for (const quiz of document.querySelectorAll("form.cnx-quiz:not(.cnx-quiz-live)")) {
    quiz.classList.add("cnx-quiz-live");
    quiz.querySelector(".cnx-off")?.remove();
    const score = quiz.querySelector(".cnx-quiz-score");
    const fields = [...quiz.querySelectorAll("fieldset")];
    const results = new Map();
    for (const field of fields) {
      const said = field.querySelector(".cnx-quiz-said");
      const reasons = [...field.querySelectorAll("li")];
      field.querySelector("details").hidden = true;
      field.addEventListener("change", (event) => {
        const reason = reasons[Number(event.target.value)];
        const right = reason.classList.contains("cnx-quiz-right");
        results.set(field, right);
        field.classList.toggle("cnx-quiz-is-right", right);
        field.classList.toggle("cnx-quiz-is-wrong", !right);
        said.innerHTML = `<strong>${right ? "Right." : "Not this one."}</strong> `
          + reason.querySelector(".cnx-quiz-why").innerHTML;
        const count = [...results.values()].filter(Boolean).length;
        score.textContent = `${count} of ${fields.length} right`
          + (results.size < fields.length ? `, ${fields.length - results.size} still open` : "");
      });
    }
    // JupyterLab takes arrow keys for its own use unless they stop here, Notebook 7 even before they come here.
    for (const control of quiz.querySelectorAll("input, summary")) control.dataset.lmSuppressShortcuts = "true";
    for (const kind of ["keydown", "keypress", "keyup"]) quiz.addEventListener(kind, (event) => event.stopPropagation());
    quiz.addEventListener("submit", (event) => event.preventDefault());
  }
})();
