// What can be hidden: a list of names, with a check box each.

export class ShownList {
  // `changed` is called when something is shown, hidden or pointed out.
  constructor(element, body, changed) {
    Object.assign(this, { element, body, changed });
    const list = element.querySelector("ul");
    this.rows = body.things.map(({ name, short }, number) => {
      const row = document.createElement("li");
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
      box.addEventListener("change", () => this.show(number, box.checked));
      const dot = document.createElement("i");
      const full = document.createElement("bdi");
      full.textContent = full.title = name;
      const small = Object.assign(document.createElement("small"), { textContent: short });
      label.append(box, dot, full, small);
      row.append(label);
      for (const [event, on] of [["pointerenter", 1], ["focusin", 1], ["pointerleave", 0], ["focusout", 0]]) {
        row.addEventListener(event, () => {
          body.mark(on ? number : -1);
          changed();
        });
      }
      return { row, box, dot };
    });
    list.replaceChildren(...this.rows.map(({ row }) => row));
    const [all, none] = element.querySelectorAll("button");
    all.addEventListener("click", () => this.showAll(true));
    none.addEventListener("click", () => this.showAll(false));
    element.hidden = false;
  }

  show(number, on) {
    this.rows[number].box.checked = on;
    this.body.setShown(number, on);
    this.changed();
  }

  showAll(on) {
    this.rows.forEach((_, number) => this.show(number, on));
  }

  // Go to a row of the list.
  find(number) {
    this.rows[number].row.scrollIntoView({ block: "nearest" });
    this.rows[number].box.focus();
  }

  // Dots have the colors that things have now.
  draw() {
    this.rows.forEach(({ dot }, number) => {
      const color = this.body.colorOf(number);
      if (dot.dataset.color === color) return;
      dot.dataset.color = dot.style.background = color;
    });
  }
}
