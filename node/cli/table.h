// Rows under headings.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

namespace tamga::cli {

enum class Style { kPlain, kColor };

class Table {
 public:
  Table(std::initializer_list<std::string> headings);

  // As many cells as there are headings; missing ones are empty, further ones are dropped. Cells are made harmless for
  // a terminal (see DisplayText); only JSON, which escapes them, keeps their line breaks.
  void AddRow(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Lines, columns two spaces apart, no spaces at the end of a line.
  std::string Text(Style style) const;
  // An array of objects with the headings, in lower case and with "_" for spaces, as names and all values as text.
  std::string Json() const;

 private:
  std::string Line(const std::vector<std::string>& cells, const std::vector<size_t>& widths) const;

  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tamga::cli
