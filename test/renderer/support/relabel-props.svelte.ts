/** What a screen gives the dialog for another class, and what comes back. */
export function relabelProps(classNames: readonly string[]) {
  const chosen: string[] = []
  const props = $state({
    open: false,
    classNames,
    current: '',
    likely: [],
    onchoose: (className: string) => void chosen.push(className),
  })
  return { props, chosen, open: () => (props.open = true) }
}
