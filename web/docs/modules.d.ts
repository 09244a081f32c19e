/** What `compile/vite-plugin.ts` makes of the docs. */
declare module '*.md' {
  const page: import('./markdown-page.ts').MarkdownPage;
  export default page;
}

declare module 'virtual:docs-titles' {
  const titles: Record<
    import('../../shared/languages.ts').Language,
    Record<import('../../shared/docs-pages.ts').DocsPageName, string>
  >;
  export default titles;
}

declare module 'virtual:docs-sections/*' {
  const sections: import('./search-index.ts').FoundSection[];
  export default sections;
}
