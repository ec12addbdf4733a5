/** What has the keys from when a dialog opens: what asks for it, else the first that takes them, else the dialog itself. */
export function firstFocus(dialog: HTMLElement): HTMLElement {
  const asking = dialog.querySelector<HTMLElement>('[data-first-focus]:not(:disabled)')
  if (asking !== null) return asking
  const able = [...dialog.querySelectorAll<HTMLElement>(takesKeys)].filter(
    (element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }),
  )
  return able.find((element) => !isOtherChoice(element)) ?? dialog
}

const takesKeys =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex]'

/** Of a group of choices, Tab reaches the one that is chosen. */
function isOtherChoice(element: HTMLElement): boolean {
  if (!(element instanceof HTMLInputElement) || element.type !== 'radio' || element.checked) return false
  const group = [...document.getElementsByName(element.name)]
  return group.some((one) => one instanceof HTMLInputElement && one.checked && one.form === element.form)
}
