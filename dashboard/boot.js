// Starts the dashboard. Bundled with wasm-bindgen's glue into one script, so that nothing waits for a second import.
import init from "./dashboard.js";

init({ module_or_path: "__APP_WASM__" }).catch((error) => {
  console.error(error);
  const note = document.createElement("p");
  note.textContent = "Beckon could not start in this browser. Please reload the page, or update your browser.";
  document.querySelector(".splash")?.append(note);
});
