/**
 * The XML plugin is installed outside the checkout; dev/test names it in
 * PRETTIER_PLUGIN_XML. In a plain "npm install" of dev/package.json it is found by name.
 */
module.exports = {
  plugins: [process.env.PRETTIER_PLUGIN_XML || "@prettier/plugin-xml"],
  bracketSpacing: false,
  printWidth: 88,
  proseWrap: "preserve",
  semi: true,
  trailingComma: "es5",
  xmlWhitespaceSensitivity: "preserve",
};
