export type ToastLevel = "info" | "warning" | "error";

export interface ToastOptions {
  level: ToastLevel;
  title: string;
  text?: string;
  /**
   * Milliseconds for which it is seen before it goes by itself; 0: it stays until it is closed. Default: an error stays;
   * anything else goes after 6 s, or later where it takes longer to read.
   */
  duration?: number;
  /**
   * Names what the toast tells. Of several toasts with one key one is shown: in one of the pages of this origin that are
   * open in the browser, in one that is visible if there is any, and else in the one that becomes visible first.
   */
  key?: string;
}

export interface DialogOptions {
  title: string;
  text: string;
  /** Default `OK`. */
  okLabel?: string;
  /** Of several dialogs with one key one is shown, until it is answered. Default: the title and the text. */
  key?: string;
  /** Called when it was answered, by the button or by Escape. */
  onOk(): void;
}

/** What is said around the toasts; a part that is left out is in English. */
export interface ToastTexts {
  /** The name of the whole list. */
  notifications: string;
  close: string;
  closeAll: string;
  /** So many that are not shown. */
  more(count: number): string;
  /** Said before the title, and not seen: colour and sign tell it to the eye. */
  warning: string;
  error: string;
}

export const englishToastTexts: ToastTexts = {
  notifications: "Notifications",
  close: "Close",
  closeAll: "Close all",
  more: (count) => `${count} more`,
  warning: "Warning",
  error: "Error",
};
