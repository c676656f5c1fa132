// SPDX-License-Identifier: MIT
// One line of fkvm shell, taken apart.
#include "shell_line.h"

#include "json.h"

#include <cstring>

namespace cli {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

// The end of the JSON string that begins at text[at]; npos: it has none.
size_t end_of_string(std::string_view text, size_t at) {
    for (size_t i = at + 1; i < text.size(); i++) {
        if (text[i] == '\\')
            i++;
        else if (text[i] == '"')
            return i + 1;
    }
    return std::string_view::npos;
}

// The end of the word at text[at]: the next space outside of strings and brackets.
size_t end_of_word(std::string_view text, size_t at) {
    if (text[at] == '\'') {
        const size_t end = text.find('\'', at + 1);
        return end == std::string_view::npos ? end : end + 1;
    }
    int depth = 0;
    while (at < text.size() && (depth > 0 || !is_space(text[at]))) {
        if (text[at] == '"') {
            at = end_of_string(text, at);
            if (at == std::string_view::npos) return at;
            continue;
        }
        depth += (text[at] == '[' || text[at] == '{') - (text[at] == ']' || text[at] == '}');
        at++;
    }
    return depth > 0 ? std::string_view::npos : at;
}

std::vector<std::string> split(std::string_view text, std::string *problem) {
    std::vector<std::string> words;
    for (size_t at = 0; at < text.size();) {
        if (is_space(text[at])) {
            at++;
            continue;
        }
        const size_t end = end_of_word(text, at);
        if (end == std::string_view::npos) {
            *problem = "a quote or bracket does not end: " + std::string(text.substr(at));
            return {};
        }
        words.emplace_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

Value read_json(const std::string &text) {
    fk_value *value = nullptr;
    fk_value_from_json(text.data(), text.size(), &value);
    return Value(value);
}

// The JSON of one word; empty: it looks like JSON and is none.
std::string json_of_word(const std::string &word, std::string *problem) {
    if (word[0] == '\'') return json_of(std::string_view(word).substr(1, word.size() - 2));
    if (read_json(word)) return word;
    if (!strchr("[{\"", word[0])) return json_of(std::string_view(word));
    *problem = word + " is not JSON: " + fk_error_last()->message;
    return {};
}

Value read_params(const std::vector<std::string> &words, std::string *problem) {
    if (words.size() == 1 && (words[0][0] == '[' || words[0][0] == '{')) {
        const std::string json = json_of_word(words[0], problem);
        return read_json(json);
    }
    JsonArray list;
    for (const std::string &word : words) {
        const std::string json = json_of_word(word, problem);
        if (json.empty()) return nullptr;
        list.raw(json);
    }
    return read_json(list.text());
}

} // namespace

ShellLine read_shell_line(std::string_view text) {
    ShellLine line;
    std::vector<std::string> words = split(text, &line.problem);
    if (words.empty()) return line;
    line.word = words[0];
    words.erase(words.begin());
    if (line.word[0] == ':') {
        if (!words.empty()) line.problem = line.word + " takes nothing after it";
    } else {
        line.params = read_params(words, &line.problem);
    }
    return line;
}

} // namespace cli
