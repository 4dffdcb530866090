/* A film in a page is a picture until somebody wants to see it. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.film");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const frame = document.createElement("iframe");
  frame.className = "film";
  frame.src = link.href;
  frame.title = link.querySelector("img").alt;
  frame.style.aspectRatio = `${link.clientWidth} / ${Math.max(link.clientHeight, 620)}`;
  link.replaceWith(frame);
  frame.addEventListener("load", () => frame.contentWindow.focus());
});
