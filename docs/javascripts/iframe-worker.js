/* Browsers start no workers for pages that are read from a disk. There, a hidden frame does a
   worker's work, so that the search opens. On a server, nothing is replaced. */
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    #frame = document.createElement("iframe");
    #waiting = [];
    #ready = false;

    constructor(address) {
      super();
      this.onmessage = this.onerror = this.onmessageerror = null;
      const script = document.createElement("script");
      script.src = new URL(address, document.baseURI).href;
      this.#frame.hidden = true;
      this.#frame.srcdoc =
        "<!doctype html><script>postMessage = data => frameElement.answer(data)</script>" +
        script.outerHTML;
      this.#frame.answer = (data) => this.#tell("message", structuredClone(data));
      this.#frame.addEventListener("load", () => {
        this.#ready = true;
        this.#waiting.splice(0).forEach((data) => this.#pass(data));
      });
      (document.body ?? document.documentElement).append(this.#frame);
    }

    postMessage(data) {
      const own = structuredClone(data);
      this.#ready ? this.#pass(own) : this.#waiting.push(own);
    }

    terminate() {
      this.#frame.remove();
    }

    #pass(data) {
      setTimeout(() => {
        const inside = this.#frame.contentWindow;
        inside?.dispatchEvent(new inside.MessageEvent("message", { data }));
      });
    }

    #tell(kind, data) {
      setTimeout(() => {
        if (!this.#frame.isConnected) return;
        const event = new MessageEvent(kind, { data });
        this[`on${kind}`]?.(event);
        this.dispatchEvent(event);
      });
    }
  };
}
