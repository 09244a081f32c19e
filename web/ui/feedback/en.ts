export const en = {
  loading: 'Loading',
  offline: 'You are offline. Your input is kept. Try again when you have a connection.',
  noAnswer: 'The service is not responding',
  noAnswerMore: 'It may be starting, or the connection is lost. Your input is kept.',
  again: 'Try again',
  reason: 'Reason',
  requestId: 'Request id',
  more: 'More about this reason',
  broken: 'Something went wrong on our side',
  brokenMore: 'Reloading the page may help.',
  offlinePage: 'You are offline',
  offlinePageMore: 'This page was not loaded yet. Reload it when you have a connection.',
  reload: 'Reload',
  brokenPart: 'This part of the page cannot be shown',
  brokenPartMore:
    'The service sent a response that this page does not understand. If this happens again, reload the page: the service may have been updated.',
};
