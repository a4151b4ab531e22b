//! Actions: accepting, declining, waiting, cancelling on a day.
