// html-validate's recommended rules; each change has its reason.
module.exports = {
    root: true,
    extends: ["html-validate:recommended"],
    rules: {
        // The HTML standard does not care for case: "<!doctype html>" is its own spelling.
        "doctype-style": "off",
        // Optional quotes are a matter of taste, not of correctness.
        "attr-quotes": "off",
        // Study titles are as long as their authors made them; 70 letters is advice for search results.
        "long-title": "off",
        // <fieldset role="..."> and <div role="region"> around a scrolling table have no shorter native form.
        "prefer-native-element": "off",
        // Checkboxes of one group share their name: that is how a form sends several values.
        "form-dup-name": ["error", { shared: ["radio", "checkbox", "submit", "button", "reset"] }],
    },
};
