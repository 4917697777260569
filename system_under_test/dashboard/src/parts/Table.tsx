import { Children, type ReactNode } from "react";

interface Props {
  /** Headings; those of numbers end in a hash sign, which is not shown. */
  readonly columns: readonly string[];
  /** Shown when there are no rows. */
  readonly empty?: string;
  readonly testId?: string;
  readonly children: ReactNode;
}

export function Table({ columns, empty, testId, children }: Props) {
  return (
    <table data-testid={testId}>
      <thead>
        <tr>
          {columns.map((each) => (
            <th key={each} scope="col" className={each.endsWith("#") ? "number" : undefined}>
              {each.replace(/ ?#$/, "")}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {empty !== undefined && Children.count(children) === 0 && (
          <tr>
            <td colSpan={columns.length} className="empty">
              {empty}
            </td>
          </tr>
        )}
        {children}
      </tbody>
    </table>
  );
}
