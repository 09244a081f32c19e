export const en = {
  language: 'Language',
  scheme: 'Colours',
  schemes: { auto: 'Same as the system', light: 'Light', dark: 'Dark' },
};
