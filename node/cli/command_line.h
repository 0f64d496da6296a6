// Commands, their options, and the choice of one by a command line. The parser behind it (CLI11) is known to
// command_line.cc alone: its header takes long to compile.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/cli/argument.h"
#include "node/cli/environment.h"

namespace tamga::cli {

using Action = std::function<absl::Status(Environment&)>;

// A handle on one command; copies are the same command. Lives no longer than its CommandLine.
class Command {
 public:
  // A command below this one: "pki", then "state".
  Command Add(const std::string& name, const std::string& help) const;

  // Names with "--" are options; others are taken by their place. An empty value is a wrong command line.
  void Required(const std::string& name, const std::string& help, Argument argument) const;
  void Optional(const std::string& name, const std::string& help, Argument argument) const;
  // As Optional; where it is not given, the environment variable's value is taken.
  void OptionalOrVariable(const std::string& name, const std::string& variable, const std::string& help,
                          Argument argument) const;
  void Flag(const std::string& name, const std::string& help, bool& target) const;

  // What it does, once the arguments are taken. Commands without it are groups.
  void Run(Action action) const;

 private:
  friend class CommandLine;
  struct Node;
  explicit Command(Node* node) : node_(node) {}

  Node* node_;
};

class CommandLine {
 public:
  CommandLine(const std::string& description, const std::string& footer, const std::string& version);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command root();

  // Takes the arguments (without the program's name) into their targets and returns what to do: the command's action,
  // or printing its help or the version. InvalidArgument, reason USAGE, for a command line that is wrong.
  absl::StatusOr<Action> Parse(const std::vector<std::string>& arguments);

 private:
  std::unique_ptr<Command::Node> root_;
};

}  // namespace tamga::cli
