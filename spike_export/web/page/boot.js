// Puts the page together: unpacks its modules and its data, and starts the film.
//
// Modules cannot be imported from a page that was opened from a disk, so each becomes a blob, and
// the names by which the later ones import it are replaced by its address.
"use strict";
(async () => {
  const problem = (text) => {
    const place = document.getElementById("problem");
    place.textContent = text;
    place.hidden = false;
    document.getElementById("page").hidden = true;
  };
  if (typeof DecompressionStream === "undefined") {
    problem("This browser is too old to unpack the film. Browsers from 2023 on can.");
    return;
  }
  const unpack = async (element) => {
    const text = atob(element.textContent);
    const packed = Uint8Array.from(text, (one) => one.charCodeAt(0));
    element.remove();
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  };
  try {
    const addresses = {};
    for (const element of document.querySelectorAll("script[data-module]")) {
      const name = element.dataset.module;
      const source = new TextDecoder().decode(await unpack(element));
      const linked = source.replace(
        /(\bfrom\s*|\bimport\s*)(['"])([^'"\n]+)\2/g,
        (whole, how, quote, other) =>
          other in addresses ? how + quote + addresses[other] + quote : whole,
      );
      addresses[name] = URL.createObjectURL(new Blob([linked], { type: "text/javascript" }));
    }
    const parts = {};
    for (const element of document.querySelectorAll("script[data-data]")) {
      parts[element.dataset.data] = await unpack(element);
    }
    const { play } = await import(addresses["./film.js"]);
    document.getElementById("page").hidden = false;
    // For those who want to control the film from their own page's scripts.
    window.film = play(parts);
    for (const address of Object.values(addresses)) URL.revokeObjectURL(address);
  } catch (error) {
    console.error(error);
    problem(
      error.isPlain ? error.message : `The film cannot be shown: ${error.message || error}`,
    );
  }
})();
