export const en = {
  title: 'Go to',
  placeholder: 'A page, a key, the docs or an action',
  groups: { pages: 'Pages', actions: 'Actions', keys: 'Keys', docs: 'Documentation' },
  actions: {
    create: 'Create a key',
    light: 'Light colours',
    dark: 'Dark colours',
    en: 'English',
    fr: 'Français',
  },
  nothing: 'Nothing found',
};
