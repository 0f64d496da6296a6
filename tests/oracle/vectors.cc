#include "tests/oracle/vectors.h"

#include <algorithm>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace tamga::policy::oracle {
namespace {

constexpr size_t kLineWidth = 118;

constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr size_t kBase = sizeof(kDigits) - 1;

std::string WordOf(size_t number) {
  std::string word;
  do {
    word.insert(word.begin(), kDigits[number % kBase]);
    number /= kBase;
  } while (number > 0);
  return word;
}

// The different answers, the most frequent first, so that it has the shortest word.
std::vector<std::string> Distinct(const std::vector<Answer>& answers) {
  std::map<std::string, size_t> counts;
  for (const Answer& answer : answers) ++counts[TextOf(answer)];
  std::vector<std::string> texts;
  for (const auto& [text, count] : counts) texts.push_back(text);
  std::stable_sort(texts.begin(), texts.end(),
                   [&](const std::string& a, const std::string& b) { return counts[a] > counts[b]; });
  return texts;
}

// Takes "name value" off the front.
absl::StatusOr<std::string> Take(absl::string_view name, absl::string_view* text) {
  const size_t end = text->find('\n');
  absl::string_view line = text->substr(0, end);
  if (end == absl::string_view::npos || !absl::ConsumePrefix(&line, absl::StrCat(name, " "))) {
    return absl::InvalidArgumentError(absl::StrCat("vectors: expected a line \"", name, " …\""));
  }
  text->remove_prefix(end + 1);
  return std::string(line);
}

}  // namespace

std::string TextOf(const Vectors& vectors) {
  const std::vector<std::string> distinct = Distinct(vectors.answers);
  std::string text =
      absl::StrCat("engine ", vectors.engine, "\nsample ", vectors.sample, "\nseed ", vectors.seed, "\ninput ",
                   vectors.input_sha256, "\ncases ", vectors.answers.size(), "\nanswers ", distinct.size(), "\n");
  std::map<std::string, std::string> words;
  for (const std::string& answer : distinct) {
    const std::string word = WordOf(words.size());
    words[answer] = word;
    absl::StrAppend(&text, word, " ", answer, "\n");
  }
  size_t width = 0;
  for (const Answer& answer : vectors.answers) {
    const std::string& word = words[TextOf(answer)];
    const bool wraps = width + 1 + word.size() > kLineWidth;
    absl::StrAppend(&text, width == 0 ? "" : wraps ? "\n" : " ", word);
    width = wraps ? word.size() : width + 1 + word.size();
  }
  return text + "\n";
}

absl::StatusOr<Vectors> ReadVectors(absl::string_view text) {
  Vectors vectors;
  std::map<std::string, std::string> header;
  for (const char* name : {"engine", "sample", "seed", "input", "cases", "answers"}) {
    absl::StatusOr<std::string> value = Take(name, &text);
    if (!value.ok()) return value.status();
    header[name] = *std::move(value);
  }
  vectors.engine = header["engine"];
  vectors.sample = header["sample"];
  vectors.input_sha256 = header["input"];
  size_t cases = 0;
  size_t distinct = 0;
  if (!absl::SimpleAtoi(header["seed"], &vectors.seed) || !absl::SimpleAtoi(header["cases"], &cases) ||
      !absl::SimpleAtoi(header["answers"], &distinct)) {
    return absl::InvalidArgumentError("vectors: seed, cases and answers must be numbers");
  }
  std::map<std::string, Answer> answers;
  for (size_t i = 0; i < distinct; ++i) {
    const std::string word = WordOf(i);
    absl::StatusOr<std::string> answer = Take(word, &text);
    if (!answer.ok()) return answer.status();
    answers[word] = AnswerOf(*answer);
  }
  for (const absl::string_view word : absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
    const auto answer = answers.find(std::string(word));
    if (answer == answers.end()) return absl::InvalidArgumentError(absl::StrCat("vectors: no answer is ", word));
    vectors.answers.push_back(answer->second);
  }
  if (vectors.answers.size() != cases) return absl::InvalidArgumentError("vectors: not as many cases as said");
  return vectors;
}

}  // namespace tamga::policy::oracle
