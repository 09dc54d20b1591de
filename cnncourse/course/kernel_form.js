(() => {
  "use strict";
  // The sliders of ipywidgets have no name, and Notebook 7 takes their arrow keys for itself. Both are mended
  // when a slider gets the focus: the widget may come later than this script, and come again.
  if (window.cnxSliders) return;
  window.cnxSliders = true;
  const stop = (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  };
  document.addEventListener("focusin", (event) => {
    const slider = event.target.closest(".cnx-sliders .widget-hslider");
    if (slider === null) return;
    event.target.setAttribute("aria-label", slider.querySelector(".widget-label").textContent);
    event.target.dataset.lmSuppressShortcuts = "true";
    slider.addEventListener("keydown", stop);
  });
})();
